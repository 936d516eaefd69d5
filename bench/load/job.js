/**
 * A task of the load generator: JSON, since it is sent to another process.
 * @typedef {Deliveries | Requests | Idle} Job
 *
 * @typedef {object} Target
 * @property {number} port
 * @property {string} dialect
 *
 * @typedef {object} Deliveries Publishers publish, subscribers receive.
 * @property {'deliveries'} kind
 * @property {readonly (readonly string[])[]} subscribers The patterns of each subscriber.
 * @property {number} publishers
 * @property {readonly string[]} subjects
 * @property {number} copies Subscriptions that one message reaches.
 * @property {number} size Bytes of a payload.
 * @property {number} [window] Messages in flight.
 * @property {number} [perSecond] Instead of a window; latencies are recorded then.
 * @property {boolean} [confirmed] Whether each publish is confirmed.
 * @property {Stuck} [stuck]
 *
 * @typedef {object} Stuck A flood before everything else, with one subscriber that reads it.
 * @property {number} messages
 * @property {number} size Bytes of each.
 * @property {number} readers Other subscribers, which read nothing, or slowly.
 * @property {number} [readEveryMs] The interval of their reads; never by default.
 *
 * @typedef {object} Requests Several requesters and one responder.
 * @property {'requests'} kind
 * @property {number} requesters
 * @property {number} window Requests in flight of each requester.
 * @property {number} size Bytes of a payload.
 *
 * @typedef {object} Idle Connections with a subscription each, and nothing else.
 * @property {'idle'} kind
 * @property {number} before Connections before the measurement.
 * @property {number} connections
 * @property {number} holdMs The time for which they stay open.
 *
 * @typedef {object} Course The length of a job.
 * @property {import('./pump.js').Until} warmUp The part that is not measured.
 * @property {import('./pump.js').Until} until
 */

/**
 * Reports a point, and waits until the measuring process has read the server's usage.
 * @typedef {(point: 'begun' | 'ended') => Promise<void>} Reach
 */

export {}
