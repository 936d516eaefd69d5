/** The headers of a trace. @module */
export { isTraceHeader, withoutTrace } from '../trace-headers.js'
