/**
 * A plugin for Vite that runs the Wildcast relay inside the dev server.
 * @module
 */

export { type WildcastOptions, wildcast } from './wildcast.js'
