/** The part of mqtt.js that checks a connection. */
interface CheckedClient {
  readonly stream: { on(event: 'data', received: () => void): unknown }
  onKeepaliveTimeout(): void
  sendPing(): void
}

/**
 * Counts all data of a server as a sign of life. mqtt.js counts the answer to its ping only, which
 * comes behind all data that the server has sent before: a flooded link, or a relay that was busy
 * for a moment, would be lost. mqtt.js checks every half interval, from one and a half intervals
 * after the last answer on.
 */
export function keepAliveByData(client: CheckedClient): void {
  const close = client.onKeepaliveTimeout.bind(client)
  let hasReceived = true
  client.stream.on('data', () => {
    hasReceived = true
  })
  client.onKeepaliveTimeout = () => {
    if (hasReceived) client.sendPing()
    else close()
    hasReceived = false
  }
}
