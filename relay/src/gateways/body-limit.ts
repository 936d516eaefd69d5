import { WildcastError } from '@wildcast/protocol'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit as limitRead } from 'hono/body-limit'
import { errorResponse } from './http-errors.js'

/**
 * Refuses longer bodies with 413. A length that is announced is looked at before the body is asked for.
 * @param remedy what the client is told to do
 */
export function bodyLimit(maxBytes: number, remedy: string): MiddlewareHandler {
  const tooLarge = (): Response =>
    errorResponse(new WildcastError('too_large', `the body is longer than ${maxBytes} bytes; ${remedy}`))
  const limit = limitRead({ maxSize: maxBytes, onError: tooLarge })
  return async (c, next) => (Number(c.req.header('content-length') ?? 0) > maxBytes ? tooLarge() : limit(c, next))
}
