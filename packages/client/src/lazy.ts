/**
 * Code that most pages never need, loaded on demand. One chunk: two would move the code that they
 * share with the core into a third.
 */
export { answerRequest } from './requests/serve.js'
export { classic } from './transports/classic/classic.js'
export { fallback } from './transports/fallback/fallback.js'
