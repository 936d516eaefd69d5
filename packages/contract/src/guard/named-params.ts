import { parseTemplate } from '../template.js'

/** Names are read once for each of the last templates; an application has few. */
const mostTemplates = 1000
const known = new Map<string, readonly string[]>()

/** Returns the names of the params in a pattern that a caller has written. */
export function namesOf(template: string): readonly string[] {
  if (!template.includes('{') || template.startsWith('$')) return []
  const found = known.get(template)
  if (found) return found
  const { names } = parseTemplate(template)
  if (known.size >= mostTemplates) known.clear()
  known.set(template, names)
  return names
}

/** Returns the captures of a pattern by the names of its template. */
export function namedParams(names: readonly string[], captures: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, index) => [name, captures[index] ?? '']))
}

/** Returns a template with `*` in place of its names. */
export function withoutNames(template: string): string {
  return template.includes('{') ? template.replace(/(^|\.)\{[^.]*\}(?=\.|$)/g, '$1*') : template
}
