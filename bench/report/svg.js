/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {readonly string[]} [children]
 */
export function element(name, attributes, children = []) {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(shortened(value))}"`)
  return children.length === 0
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${children.join('')}</${name}>`
}

/** @param {string} content @param {Record<string, string | number>} attributes */
export const text = (content, attributes) => element('text', attributes, [escaped(content)])

/**
 * A complete image on white, so that it is legible on dark pages, too.
 * @param {{ width: number, height: number, label: string }} frame
 * @param {readonly string[]} children
 */
export function picture({ width, height, label }, children) {
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': label,
      'font-family': 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
    },
    ['', element('rect', { width, height, rx: 10, fill: '#ffffff' }), ...children, ''].map((child) => `${child}\n`),
  )}\n`
}

export const ink = { strong: '#0f172a', soft: '#64748b', line: '#e2e8f0' }

const colours = {
  'wildcast-json': '#2563eb',
  'wildcast-msgpack': '#0891b2',
  batched: '#16a34a',
  'naive-ws': '#94a3b8',
  'socket.io': '#475569',
  nats: '#d97706',
  mosquitto: '#9333ea',
}

/** @param {string} server */
export const colourOf = (server) => colours[server] ?? ink.soft

const shortened = (value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value)
const escaped = (value) => String(value).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
