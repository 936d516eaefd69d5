/** The demo's own part of the server side: simulated sources, real brokers and faults. @module */

export { type BrokerName, type BrokerOptions, brokerNames, startBrokers } from './brokers/brokers.js'
export type { Program } from './brokers/program.js'
export { type Control, openControl } from './faults/control.js'
export { openSources, type SourcesOptions } from './sources/open-sources.js'
