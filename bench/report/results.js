import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** @typedef {import('./figures.js').ScenarioResult} ScenarioResult */

/** @param {string} file @returns {ScenarioResult[]} */
export const readResults = (file) => JSON.parse(readFileSync(file, 'utf8')).scenarios

/** @param {string} file @param {readonly ScenarioResult[]} scenarios */
export function writeResults(file, scenarios) {
  mkdirSync(path.dirname(file), { recursive: true })
  // A line for each, so that a diff shows which were measured again.
  const lines = scenarios.map((result) => JSON.stringify(result, rounded))
  writeFileSync(file, `{"scenarios":[\n${lines.join(',\n')}\n]}\n`)
}

/**
 * Replaces older results by newer ones of the same scenarios.
 * @param {readonly ScenarioResult[]} older
 * @param {readonly ScenarioResult[]} newer
 */
export function merged(older, newer) {
  const left = older.filter(({ name }) => !newer.some((result) => result.name === name))
  return [...left, ...newer]
}

// More digits would be noise.
const rounded = (_, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
