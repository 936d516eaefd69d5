import { figure, serversOf } from './figures.js'
import { colourOf, element, ink, picture, text } from './svg.js'

const panel = { width: 345, height: 300, top: 52, bottom: 40, left: 50, right: 18 }
const margin = 16
const legend = 34
const metric = 'cpuUs'

/**
 * Charts of the cost of a delivery along each axis of the scenario `growth`, on logarithmic scales.
 * @param {import('./figures.js').ScenarioResult} result
 */
export function curves(result) {
  const axes = [...new Set(result.cases.flatMap(({ growth }) => (growth ? [growth.axis] : [])))]
  const servers = serversOf(result)
  const width = axes.length * panel.width + margin * 2
  const height = panel.height + legend + margin * 2
  const all = result.cases.flatMap((one) => servers.map((server) => figure(one, server, metric))).filter(Boolean)
  const y = logarithmic(all, [panel.height - panel.bottom, panel.top])
  return picture({ width, height, label: 'CPU for each delivery, by subscribers, subjects and bytes' }, [
    ...axes.map((axis, i) => {
      const cases = result.cases.filter(({ growth }) => growth?.axis === axis)
      const content = panelOf({ axis, cases, servers, y, first: i === 0 })
      return element('g', { transform: `translate(${margin + i * panel.width} ${margin})` }, content)
    }),
    element('g', { transform: `translate(${margin + panel.left} ${margin + panel.height + 14})` }, legendOf(servers)),
  ])
}

/** Maps values to positions; both ends are powers of ten. */
function logarithmic(values, [from, to]) {
  const lowest = Math.floor(Math.log10(Math.min(...values)))
  const highest = Math.max(Math.ceil(Math.log10(Math.max(...values))), lowest + 1)
  const at = (value) => from + ((Math.log10(value) - lowest) / (highest - lowest)) * (to - from)
  return { at, ticks: Array.from({ length: highest - lowest + 1 }, (_, i) => 10 ** (lowest + i)) }
}

function panelOf({ axis, cases, servers, y, first }) {
  const places = cases.map(({ growth }) => growth.value)
  const x = logarithmic(places, [panel.left, panel.width - panel.right])
  const right = panel.width - panel.right
  const small = { 'font-size': 11, fill: ink.soft }
  return [
    text(axis, { x: panel.left, y: 20, 'font-size': 15, 'font-weight': 600, fill: ink.strong }),
    ...(first ? [text('CPU for each delivery, µs', { x: panel.left, y: 38, 'font-size': 12, fill: ink.soft })] : []),
    ...y.ticks.flatMap((tick) => [
      element('line', { x1: panel.left, x2: right, y1: y.at(tick), y2: y.at(tick), stroke: ink.line }),
      text(readable(tick), { ...small, x: panel.left - 8, y: y.at(tick) + 4, 'text-anchor': 'end' }),
    ]),
    ...places.map((value) =>
      text(readable(value), { ...small, x: x.at(value), y: panel.height - panel.bottom + 18, 'text-anchor': 'middle' }),
    ),
    ...servers.flatMap((server) => curveOf({ server, cases, x, y })),
  ]
}

function curveOf({ server, cases, x, y }) {
  const points = cases
    .map((one) => ({ value: one.growth.value, cost: figure(one, server, metric) }))
    .filter(({ cost }) => cost !== undefined)
    .map(({ value, cost }) => [x.at(value).toFixed(1), y.at(cost).toFixed(1)])
  if (points.length === 0) return []
  const stroke = colourOf(server)
  return [
    element('polyline', {
      points: points.map((point) => point.join(',')).join(' '),
      fill: 'none',
      stroke,
      'stroke-width': server.startsWith('wildcast') ? 2.5 : 1.5,
      'stroke-linejoin': 'round',
    }),
    ...points.map(([cx, cy]) => element('circle', { cx, cy, r: 3, fill: stroke })),
  ]
}

function legendOf(servers) {
  return servers.flatMap((server, i) => [
    element('rect', { x: i * 160, y: 0, width: 14, height: 10, rx: 2, fill: colourOf(server) }),
    text(server, { x: i * 160 + 20, y: 9.5, 'font-size': 12, fill: ink.strong }),
  ])
}

/** A short label for an axis. */
const readable = (value) => (value < 10_000 ? String(value) : `${Math.round(value / 1000)}k`)
