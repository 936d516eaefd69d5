import { gatewayContract, type Speaker } from '../src/gateways/gateway.contract.js'
import { http, serverSentEvents, websocket } from '../src/index.js'
import { type EventSource, eventSource } from './event-source.js'
import { connect, type Socket } from './socket.js'

const outcome = async (response: Response): Promise<string> =>
  response.ok ? 'ok' : ((await response.text()).split(':')[0] as string)

const post = (address: string, subject: string, body: string): Promise<string> =>
  fetch(`http://${address}/publish/${encodeURIComponent(subject)}`, { method: 'POST', body }).then(outcome)

gatewayContract('the HTTP gateway', {
  gateway: http,
  speak: async (address) => ({ publish: (subject, body) => post(address, subject, body), leave: () => {} }),
})

gatewayContract('the HTTP gateway with Server-Sent Events', {
  gateway: (ports, relay) => {
    http(ports, relay)
    serverSentEvents(ports, relay)
  },
  async speak(address) {
    let source: EventSource | undefined
    return {
      publish: (subject, body) => post(address, subject, body),
      async subscribe(pattern) {
        source = await eventSource(`http://${address}/subscribe/${pattern}`)
        return source.response.ok ? 'ok' : outcome(source.response)
      },
      next: async () => String((await source?.next())?.data.message),
      leave: () => source?.leave(),
    }
  },
})

gatewayContract('the WebSocket gateway with v1', {
  gateway: websocket(),
  async speak(address) {
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    const ask = async (frame: unknown): Promise<string> => {
      socket.send(JSON.stringify(frame))
      const answer = (await socket.json()) as { Error?: { code: string } }
      return answer.Error?.code ?? 'ok'
    }
    return {
      publish: (subject, message) => ask({ Publish: { ref: 1, subject, message } }),
      subscribe: (subject) => ask({ Subscribe: { ref: 2, subject } }),
      next: async () => ((await socket.json()) as { Message: { message: string } }).Message.message,
      ...life(socket),
    }
  },
})

gatewayContract('the WebSocket gateway with classic', {
  gateway: websocket({ mode: 'json' }),
  logsRefusals: true,
  async speak(address) {
    const socket = await connect(`ws://${address}/ws`)
    const roundTrip = (): Promise<unknown> => new Promise((resolve) => socket.ws.once('pong', resolve).ping())
    // Classic has no answers: if the connection is still open after the first round trip, which
    // gives the relay a turn, the frame was accepted.
    const settled = (): Promise<string> =>
      Promise.race([
        socket.closed.then(({ reason }) => reason.split(':')[0] as string),
        roundTrip()
          .then(roundTrip)
          .then(() => 'ok'),
      ])
    return {
      publish(subject, message) {
        socket.send(JSON.stringify({ Publish: { subject, message: [...Buffer.from(message)] } }))
        return settled()
      },
      subscribe(subject) {
        socket.send(JSON.stringify({ Subscribe: subject }))
        return settled()
      },
      next: async () => Buffer.from(((await socket.json()) as { message: number[] }).message).toString(),
      ...life(socket),
    }
  },
})

function life(socket: Socket): Pick<Speaker, 'leave' | 'ended'> {
  return { leave: () => socket.ws.terminate(), ended: socket.closed }
}
