import { WildcastError } from '@wildcast/protocol/client'
import { parseSubject } from '@wildcast/protocol/subjects'
import { nameIn } from './template.js'
import type { Filled } from './types/segments.js'

/**
 * Puts params into a template.
 * @throws {WildcastError} `invalid_subject` if a param isn't one valid segment
 * @throws {TypeError} if a param is missing
 */
export function buildSubject<Text extends string>(
  template: string,
  params: Readonly<Record<string, string | number>>,
): Filled<Text> {
  const segments = template.split('.').map((segment) => {
    const name = nameIn(segment, template)
    return name === undefined ? segment : paramOf(name, params)
  })
  return parseSubject(segments.join('.')) as string as Filled<Text>
}

function paramOf(name: string, params: Readonly<Record<string, string | number>>): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new TypeError(`the param "${name}" is missing; pass { ${name}: … } with text or a number`)
  const text = String(value)
  if (text === '' || text.includes('.'))
    throw new WildcastError(
      'invalid_subject',
      `the param "${name}" must be one segment, not empty and without "."; convert free text with segmentOf`,
    )
  return text
}
