/**
 * @typedef {object} Settings
 * @property {number} [clients] How many connections `idle`, `slow-reader` and `slow-crowd` open.
 * @property {boolean} quick
 *
 * @typedef {object} Case
 * @property {string} label
 * @property {import('../load/job.js').Job} job
 * @property {import('../servers/server.js').Ability} [needs] Beyond what the scenario needs.
 * @property {{ axis: string, value: number }} [growth] The place of the case on a curve.
 *
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} about What it measures, in a line.
 * @property {'delivery' | 'answer' | 'connection'} each What is counted.
 * @property {readonly import('../servers/server.js').Ability[]} needs What a server must be able to
 * do.
 * @property {readonly string[]} [only] The servers that it is about; all by default.
 * @property {readonly import('../report/metrics.js').MetricName[]} metrics What is shown of it; the
 * first counts.
 * @property {(settings: Settings) => readonly Case[]} cases
 * @property {Headline} [headline] What stands for it in the chart.
 * @property {{ label: string, of: string, to: string }} [compare] Two cases whose ratio is shown,
 * too.
 *
 * @typedef {object} Headline
 * @property {string} title
 * @property {string} [label] Of the case; the first by default.
 * @property {import('../report/metrics.js').MetricName} metric
 */

import { fanIn } from './fan-in.js'
import { fanOut } from './fan-out.js'
import { growth } from './growth.js'
import { idle } from './idle.js'
import { manySubjects } from './many-subjects.js'
import { requests } from './requests.js'
import { slowCrowd } from './slow-crowd.js'
import { slowReader } from './slow-reader.js'
import { wildcards } from './wildcards.js'

/** @type {readonly Scenario[]} */
export const scenarios = [fanOut, fanIn, manySubjects, wildcards, requests, idle, slowReader, slowCrowd, growth]
