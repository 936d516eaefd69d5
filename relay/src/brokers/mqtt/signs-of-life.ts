/** What of mqtt.js looks after a connection. */
interface Kept {
  readonly stream: { on(event: 'data', heard: () => void): unknown }
  onKeepaliveTimeout(): void
  sendPing(): void
}

/**
 * Lets whatever a server sends count as a sign of life. mqtt.js hears nothing but the answer to its
 * ping, which stands behind all that the server has sent before: a link that is flooded, or a relay
 * that was busy for a moment, would be lost over it. mqtt.js asks every half interval, one and a
 * half after the last answer.
 */
export function hearAll(client: Kept): void {
  const giveUp = client.onKeepaliveTimeout.bind(client)
  let heard = true
  client.stream.on('data', () => {
    heard = true
  })
  client.onKeepaliveTimeout = () => {
    if (heard) client.sendPing()
    else giveUp()
    heard = false
  }
}
