/**
 * What the load generator is asked to do: JSON, since it goes from one process to another.
 * @typedef {Deliveries | Requests | Idle} Job
 *
 * @typedef {object} Target
 * @property {number} port
 * @property {string} dialect
 *
 * @typedef {object} Deliveries Publishers publish, subscribers receive.
 * @property {'deliveries'} kind
 * @property {readonly (readonly string[])[]} subscribers The patterns of each.
 * @property {number} publishers
 * @property {readonly string[]} subjects
 * @property {number} copies How many subscriptions one message reaches.
 * @property {number} size Bytes of a payload.
 * @property {number} [window] Messages in flight.
 * @property {number} [perSecond] Instead of a window; latencies are taken then.
 * @property {boolean} [confirmed] Whether each publish is confirmed.
 * @property {Stuck} [stuck]
 *
 * @typedef {object} Stuck A flood that comes before all else, while there is one subscriber that
 * reads it.
 * @property {number} messages
 * @property {number} size Bytes of each.
 * @property {number} readers How many other subscribers there are, who read nothing, or slowly.
 * @property {number} [readEveryMs] How often these read once; never by default.
 *
 * @typedef {object} Requests Requesters ask, one answers.
 * @property {'requests'} kind
 * @property {number} requesters
 * @property {number} window Requests in flight of each.
 * @property {number} size Bytes of a payload.
 *
 * @typedef {object} Idle Connections with a subscription each, and nothing else.
 * @property {'idle'} kind
 * @property {number} before How many are there before it is measured.
 * @property {number} connections
 * @property {number} holdMs How long they are held.
 *
 * @typedef {object} Course How long it goes on.
 * @property {import('./pump.js').Until} warmUp What is not measured.
 * @property {import('./pump.js').Until} until
 */

/**
 * Says that a point was reached, and waits until the process that measures has looked at the
 * server.
 * @typedef {(point: 'begun' | 'ended') => Promise<void>} Reach
 */

export {}
