import type { Server } from 'node:http'

/**
 * Answers `Expect: 100-continue` when the body is first read. Node would answer before the request
 * is checked, so a client would send a body that is then refused. A request that is refused unread
 * closes its connection, since its client may or may not send the body (RFC 9110, 10.1.1).
 */
export function lateContinue(server: Server): void {
  server.on('checkContinue', (request, response) => {
    const { shouldKeepAlive } = response
    response.shouldKeepAlive = false
    request.once('resume', () => {
      if (response.headersSent) return
      response.shouldKeepAlive = shouldKeepAlive
      response.writeContinue()
    })
    server.emit('request', request, response)
  })
}
