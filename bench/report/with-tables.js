import { problems } from './figures.js'
import { described } from './machine.js'
import { asMarkdown, tables } from './table.js'

/**
 * Returns a document with a scenario's tables between its markers.
 * @param {string} document
 * @param {import('./figures.js').ScenarioResult} result
 * @throws {Error} if it has no markers for the scenario
 */
export function withTables(document, result) {
  const [begin, end] = [`<!-- bench:${result.name} -->`, '<!-- bench:end -->']
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from === -1 || to === -1)
    throw new Error(`the document has no place for "${result.name}"; add ${begin} and ${end}`)
  return `${document.slice(0, from + begin.length)}\n\n${section(result)}\n\n${document.slice(to)}`
}

function section(result) {
  const shown = tables(result).map(({ title, rows }) => `**${title}**\n\n${asMarkdown(rows)}`)
  const { day, rounds, machine } = result
  const how = `${day}, ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}. ${described(machine)}`
  const notes = problems(result).map((problem) => `- ${problem}`)
  return [...shown, ...(notes.length > 0 ? [notes.join('\n')] : []), `<sub>${how}</sub>`].join('\n\n')
}
