import { scenarios } from '../scenarios/scenario.js'
import { median } from './median.js'

/**
 * The result of a scenario, as written to a file.
 * @typedef {object} ScenarioResult
 * @property {string} name
 * @property {string} about
 * @property {number} rounds
 * @property {string} day
 * @property {import('./machine.js').Machine} machine
 * @property {readonly CaseResult[]} cases
 *
 * @typedef {object} CaseResult
 * @property {string} label
 * @property {{ axis: string, value: number }} [growth]
 * @property {Record<string, readonly (Partial<import('../measure.js').Measurement> & { failure?:
 * string })[]>} results By server, one for each round.
 */

/** The scenario of a result. @param {ScenarioResult} result */
export const scenarioOf = (result) => scenarios.find(({ name }) => name === result.name)

/** The servers with results. @param {ScenarioResult} result */
export const serversOf = ({ cases }) => [...new Set(cases.flatMap(({ results }) => Object.keys(results)))]

/**
 * @param {CaseResult} one @param {string} server @param {import('./metrics.js').MetricName} metric
 */
export const figure = ({ results }, server, metric) => median((results[server] ?? []).map((round) => round[metric]))

/**
 * The median of one server's figures divided by another's of the same round. @param {Side} of
 * @param {Side} to @param {import('./metrics.js').MetricName} metric
 */
export function ratio(of, to, metric) {
  const [above, below] = [of, to].map(({ one, server }) => (one.results[server] ?? []).map((round) => round[metric]))
  const isNumber = (round) => Number.isFinite(above[round]) && Number.isFinite(below[round])
  return median(above.map((value, round) => (isNumber(round) ? value / below[round] : undefined)))
}

/** @typedef {{ one: CaseResult, server: string }} Side */

/** Lost messages and failures, in sentences. @param {ScenarioResult} result */
export function problems({ cases }) {
  return cases.flatMap(({ label, results }) =>
    Object.entries(results).flatMap(([server, rounds]) => {
      const lost = rounds.reduce((sum, round) => sum + (round.lost ?? 0), 0)
      const failures = [...new Set(rounds.map(({ failure }) => failure).filter(Boolean))]
      return [
        ...(lost > 0 ? [`${server}, ${label}: ${lost} were lost`] : []),
        ...failures.map((failure) => `${server}, ${label}: ${failure}`),
      ]
    }),
  )
}
