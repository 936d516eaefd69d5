import { figure, scenarioOf, serversOf } from './figures.js'
import { metrics } from './metrics.js'
import { colourOf, element, ink, picture, text } from './svg.js'

const columns = 3
const panel = { width: 352, height: 250, head: 58, left: 136, right: 64 }
const margin = 16
const bar = { height: 16, step: 26 }

/**
 * A panel of bars for each scenario with a headline.
 * @param {readonly import('./figures.js').ScenarioResult[]} results
 */
export function bars(results) {
  const panels = results.filter((result) => scenarioOf(result).headline).map(panelOf)
  const height = Math.ceil(panels.length / columns) * panel.height + margin * 2
  const width = Math.min(columns, panels.length) * panel.width + margin * 2
  return picture(
    { width, height, label: 'Cost of each server, by scenario; less is better' },
    panels.map((content, i) => {
      const x = margin + (i % columns) * panel.width
      const y = margin + Math.floor(i / columns) * panel.height
      return element('g', { transform: `translate(${x} ${y})` }, content)
    }),
  )
}

function panelOf(result) {
  const { each, headline } = scenarioOf(result)
  const { title, label, metric } = headline
  const shown = result.cases.find((one) => one.label === label) ?? result.cases[0]
  const values = serversOf(result)
    .map((server) => ({ server, value: figure(shown, server, metric) }))
    .filter(({ value }) => value !== undefined)
  const most = Math.max(...values.map(({ value }) => value))
  const scale = (panel.width - panel.left - panel.right) / most
  return [
    text(title, { x: 8, y: 20, 'font-size': 15, 'font-weight': 600, fill: ink.strong }),
    text(metrics[metric].title(each), { x: 8, y: 39, 'font-size': 12, fill: ink.soft }),
    ...values.flatMap(({ server, value }, i) => barOf({ server, value, shown: metrics[metric].show(value), scale, i })),
  ]
}

function barOf({ server, value, shown, scale, i }) {
  const y = panel.head + i * bar.step
  const width = Math.max(value * scale, 2)
  const weight = server.startsWith('wildcast') ? 600 : 400
  const letters = { y: y + 12.5, 'font-size': 12, 'font-weight': weight, fill: ink.strong }
  return [
    text(server, { ...letters, x: panel.left - 8, 'text-anchor': 'end' }),
    element('rect', { x: panel.left, y, width, height: bar.height, rx: 3, fill: colourOf(server) }),
    text(grouped(shown), { ...letters, x: panel.left + width + 6 }),
  ]
}

/** Separates thousands by commas. @param {string} digits */
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
