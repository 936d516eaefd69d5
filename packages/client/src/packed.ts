/** Messages as JSON, for pages that a server renders. @module */
export { type PackedMessage, packMessage, unpackMessage } from './messages/packed-message.js'
