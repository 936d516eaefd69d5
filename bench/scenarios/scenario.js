/**
 * @typedef {object} Settings
 * @property {number} [clients] Connections of `idle`, `slow-reader` and `slow-crowd`.
 * @property {boolean} quick
 *
 * @typedef {object} Case
 * @property {string} label
 * @property {import('../load/job.js').Job} job
 * @property {import('../servers/server.js').Ability} [needs] An ability beyond those of the
 * scenario.
 * @property {{ axis: string, value: number }} [growth] The position of the case on a curve.
 *
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} about Its content, in a line.
 * @property {'delivery' | 'answer' | 'connection'} each The counted thing.
 * @property {readonly import('../servers/server.js').Ability[]} needs Required of a server.
 * @property {readonly string[]} [only] Names of servers; all by default.
 * @property {readonly import('../report/metrics.js').MetricName[]} metrics The tables; the first
 * metric counts.
 * @property {(settings: Settings) => readonly Case[]} cases
 * @property {Headline} [headline] Its panel in the chart.
 * @property {{ label: string, of: string, to: string }} [compare] Two cases with a row for their
 * ratio.
 *
 * @typedef {object} Headline
 * @property {string} title
 * @property {string} [label] Label of the case; the first case by default.
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
