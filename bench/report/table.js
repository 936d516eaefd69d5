import { figure, ratio, scenarioOf, serversOf } from './figures.js'
import { metrics } from './metrics.js'

const ours = 'wildcast-json'
const none = '–'

/**
 * A table for each metric of a scenario: servers side by side, then ours divided by each control.
 * @param {import('./figures.js').ScenarioResult} result
 * @returns {{ title: string, rows: string[][] }[]} The first row is the head.
 */
export function tables(result) {
  const { metrics: shownOf, each } = scenarioOf(result)
  return shownOf.flatMap((metric) => {
    const shown = result.cases.filter((one) =>
      serversOf(result).some((server) => figure(one, server, metric) !== undefined),
    )
    return shown.length === 0 ? [] : [{ title: metrics[metric].title(each), rows: rowsOf(result, shown, metric) }]
  })
}

function rowsOf(result, cases, metric) {
  const servers = serversOf(result)
  const { show, isCost } = metrics[metric]
  const controls = isCost && servers.includes(ours) ? servers.filter((server) => !server.startsWith('wildcast')) : []
  const cell = (value, form) => (value === undefined ? none : form(value))
  const rows = cases.map((one) => [
    one.label,
    ...servers.map((server) => cell(figure(one, server, metric), show)),
    ...controls.map((server) => cell(ratio({ one, server: ours }, { one, server }, metric), twoDigits)),
  ])
  return [
    ['', ...servers, ...controls.map((server) => `json ÷ ${server}`)],
    ...rows,
    ...compared(result, servers, metric, controls),
  ]
}

/** The ratio of two cases, for each server. */
function compared(result, servers, metric, controls) {
  const { compare } = scenarioOf(result)
  const [of, to] = [compare?.of, compare?.to].map((label) => result.cases.find((one) => one.label === label))
  if (!of || !to) return []
  const ratios = servers.map((server) => ratio({ one: of, server }, { one: to, server }, metric))
  return [
    [
      compare.label,
      ...ratios.map((value) => (value === undefined ? none : twoDigits(value))),
      ...controls.map(() => ''),
    ],
  ]
}

const twoDigits = (value) => value.toFixed(2)

/** Formats a table for a terminal. @param {string[][]} rows */
export function asText(rows) {
  const widths = widthsOf(rows)
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
    .join('\n')
}

/** Formats a table for a document. @param {string[][]} rows */
export function asMarkdown([head, ...rows]) {
  const widths = widthsOf([head, ...rows])
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

const widthsOf = (rows) => rows[0].map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)))
