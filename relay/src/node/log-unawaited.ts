import { WildcastError } from '@wildcast/protocol'
import type { OnFailure } from '../core/outlet.js'
import { placeOfError } from './place-of-error.js'

/**
 * Logs rejections that no code awaits, with their place in the user's code, such as of an async
 * check in a schema, or of a hook. By default Node would end the relay. The log leaves out what was
 * thrown: it may repeat data.
 */
export function logUnawaited(onError: OnFailure): void {
  process.on('unhandledRejection', (cause) => {
    const place = placeOfError(cause)
    const where = place ? ` in ${place.file}:${place.line}` : ''
    onError(new WildcastError('internal', `a promise that no code awaits was rejected${where}`), { stage: 'process' })
  })
}
