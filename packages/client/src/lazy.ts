/**
 * What most pages never need, loaded when it is. One chunk: two would move what they share with the
 * core into a third.
 */
export { answerRequest } from './requests/serve.js'
export { classic } from './transports/classic/classic.js'
export { fallback } from './transports/fallback/fallback.js'
