import { once } from 'node:events'
import { generate, type Packet, parser } from 'mqtt-packet'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { mqttRelay } from './mqtt-relay.js'
import { connectPacket } from './raw-mqtt.js'

/** Opens a WebSocket. Resolves with it and the packets that come. */
async function open(address: string, protocols: string[] = ['mqtt']) {
  const socket = new WebSocket(`ws://${address}/mqtt`, protocols)
  onTestFinished(() => socket.terminate())
  const got: string[] = []
  const reader = parser()
  reader.on('packet', ({ cmd }) => got.push(cmd))
  socket.on('message', (data: Buffer) => reader.parse(data))
  await once(socket, 'open')
  return { socket, got }
}

const connect = generate(connectPacket(4) as Packet)
const ping = generate({ cmd: 'pingreq' } as Packet)

describe('MQTT over WebSocket (FX-EMB-5)', () => {
  it('has the subprotocols mqtt and mqttv3.1, and no other', async () => {
    const { address } = await mqttRelay()
    for (const name of ['mqtt', 'mqttv3.1']) {
      const { socket, got } = await open(address, ['other', name])
      expect(socket.protocol).toBe(name)
      socket.send(connect)
      await expect.poll(() => got).toEqual(['connack'])
    }
    await expect(open(address, ['other'])).rejects.toThrow('400')
    await expect(open(address, [])).rejects.toThrow('400')
  })

  it('takes packets that are split and joined over messages', async () => {
    const { address } = await mqttRelay()
    const { socket, got } = await open(address)
    for (const byte of connect) socket.send(Buffer.of(byte))
    socket.send(Buffer.concat([ping, ping, ping.subarray(0, 1)]))
    socket.send(ping.subarray(1))
    await expect.poll(() => got).toEqual(['connack', 'pingresp', 'pingresp', 'pingresp'])
  })

  it('is closed over a text message [MQTT-6.0.0-1]', async () => {
    const { address } = await mqttRelay()
    const { socket } = await open(address)
    socket.send(connect)
    socket.send(ping.toString())
    await once(socket, 'close')
  })

  it('shares the port with other paths, and an unknown one is refused (FX-EMB-6)', async () => {
    const { address } = await mqttRelay()
    const socket = new WebSocket(`ws://${address}/x`, ['mqtt'])
    const [error] = await once(socket, 'error')
    expect(String(error)).toContain('404')
    expect((await fetch(`http://${address}/mqtt`)).status).toBe(426)
  })
})

it('a port of MQTT is freed when the relay closes, with its clients (FX-EMB-4)', async () => {
  const relay = await mqttRelay()
  await relay.close()
  const again = await mqttRelay({ front: { port: relay.port } })
  expect(again.port).toBe(relay.port)
})
