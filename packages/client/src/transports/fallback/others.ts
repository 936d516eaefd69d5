/**
 * What most pages never need, loaded when it is. One chunk: two would move what they share with the
 * core into a third.
 */
export { classic } from '../classic/classic.js'
export { fallback } from './fallback.js'
