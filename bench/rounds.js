import { measure } from './measure.js'
import { machine } from './report/machine.js'

/**
 * Measures a scenario. Each round runs every case on every server, so that a noisy moment of the
 * machine affects all of them.
 * @param {import('./scenarios/scenario.js').Scenario} scenario
 * @param {object} options
 * @param {readonly import('./servers/server.js').Server[]} options.servers
 * @param {number} options.rounds
 * @param {import('./scenarios/scenario.js').Settings} options.settings
 * @param {(progress: string) => void} options.onProgress
 * @returns {Promise<import('./report/figures.js').ScenarioResult>}
 */
export async function rounds(scenario, { servers, rounds, settings, onProgress }) {
  const course = settings.quick
    ? { warmUp: { durationMs: 300 }, until: { durationMs: 500 } }
    : { warmUp: { durationMs: 700 }, until: { durationMs: 1500 } }
  const cases = scenario.cases(settings).map((one) => ({ ...one, results: {} }))
  const participants = servers.filter(({ name }) => scenario.only?.includes(name) ?? true)
  for (let round = 1; round <= rounds; round++)
    for (const { label, job, needs, results } of cases)
      for (const server of participants.filter(ableTo([...scenario.needs, ...(needs ? [needs] : [])]))) {
        onProgress(`${scenario.name}, round ${round} of ${rounds}: ${label}, ${server.name}`)
        results[server.name] ??= []
        results[server.name].push(await measured(server, { ...job, ...course }))
      }
  return {
    name: scenario.name,
    about: scenario.about,
    rounds,
    day: new Date().toISOString().slice(0, 10),
    machine: machine(),
    cases: cases.map(({ label, growth, results }) => ({ label, growth, results })),
  }
}

const ableTo = (needs) => (server) => needs.every((need) => server.can.includes(need))

/** Reports a failure in the result, so that the others continue. */
async function measured(server, job) {
  try {
    return await measure(server, job)
  } catch (error) {
    return { failure: error.message }
  }
}
