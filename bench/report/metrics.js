/**
 * @typedef {'cpuUs' | 'perSecond' | 'p50Us' | 'p99Us' | 'memory' | 'grown'} MetricName
 *
 * @typedef {object} Metric
 * @property {(each: string) => string} title Its title; `each` is the counted thing.
 * @property {(value: number) => string} show
 * @property {boolean} isCost Whether less is better; tables show ratios of costs only.
 */

const whole = (value) => value.toFixed(0)

/** Three significant digits. */
const short = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)

/** @type {Record<MetricName, Metric>} */
export const metrics = {
  cpuUs: { title: (each) => `CPU for each ${each}, µs`, show: short, isCost: true },
  perSecond: { title: (each) => `${each.replace(/y$/, 'ie')}s a second`, show: whole, isCost: false },
  p50Us: { title: () => 'latency p50, µs', show: whole, isCost: true },
  p99Us: { title: () => 'latency p99, µs', show: whole, isCost: true },
  memory: { title: () => 'memory at the end, MB', show: (bytes) => (bytes / 1e6).toFixed(0), isCost: false },
  grown: { title: (each) => `resident bytes for each ${each}`, show: whole, isCost: true },
}
