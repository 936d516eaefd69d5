import {
  decodeRequest,
  type EnvelopedRequest,
  type EnvelopeForm,
  encodeResponse,
} from '../gateways/endpoints/http-envelope.js'
import type { Component, ComponentContext, Output } from './component.js'
import { FailedWith } from './failed-with.js'

/** Answers an HTTP request that came as a message. Exceptions are answered with 500, and logged. */
export type HttpHandler = (
  request: Request,
  context: ComponentContext & {
    /** The path after `/request/`. */
    readonly path: string
  },
) => Response | Promise<Response>

/**
 * A component that answers requests that `/request` serialises as JSON (`request_response =
 * "json"`).
 * @example
 * export default jsonHttp(async (request, { path }) => {
 *   return new Response(`Path: ${path}, Received: ${await request.text()}`)
 * })
 */
export function jsonHttp(handler: HttpHandler): Component {
  return answering('json', handler)
}

/** The same for `request_response = "messagepack"`. */
export function msgpackHttp(handler: HttpHandler): Component {
  return answering('messagepack', handler)
}

function answering(form: EnvelopeForm, handler: HttpHandler): Component {
  const outputOf = async (response: Response): Promise<Output> => {
    // Each cookie has its own header; other values are joined by commas.
    const headers = [...response.headers].filter(([name]) => name !== 'set-cookie')
    const cookies = response.headers.getSetCookie().map((value) => ['set-cookie', value] as const)
    const body = new Uint8Array(await response.arrayBuffer())
    return { message: encodeResponse(form, { status: response.status, headers: [...headers, ...cookies], body }) }
  }
  return async ({ bytes }, context) => {
    try {
      const question = decodeRequest(form, bytes)
      const response = await handler(requestOf(question, context.signal), { ...context, path: question.path })
      if (!(response instanceof Response)) throw new TypeError('an HTTP component must return a Response')
      return await outputOf(response)
    } catch (cause) {
      throw new FailedWith(cause, [await outputOf(new Response('the component failed\n', { status: 500 }))])
    }
  }
}

function requestOf({ method, headers, uri, body }: EnvelopedRequest, signal: AbortSignal): Request {
  const all = Object.entries(headers).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  )
  const bare = method === 'GET' || method === 'HEAD'
  return new Request(new URL(uri, 'http://localhost'), {
    method,
    headers: all.filter(([name]) => name !== 'transfer-encoding'),
    signal,
    ...(bare ? {} : { body: Uint8Array.from(body) }),
  })
}
