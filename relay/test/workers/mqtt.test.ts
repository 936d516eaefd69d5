import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connected } from '../mqtt/raw-mqtt.js'
import { startWorkers } from './start-workers.js'

it('one worker has the port of MQTT, so that clients find their sessions', async () => {
  const command = await startWorkers(['gateway', '-p', '0', '--mqtt', '0', '--workers', '3'], { ports: 2 })
  const port = Number(command.addresses[1]?.split(':')[1])
  for (const isPresent of [false, true, true, true]) {
    const one = await connected(port, { clientId: 'x', clean: false })
    expect(one.connack.sessionPresent).toBe(isPresent)
    one.send({ cmd: 'disconnect' })
    await one.closed()
  }
  const socket = new WebSocket(`ws://${command.address}/mqtt`, ['mqtt'])
  const error = await new Promise((resolve) => socket.once('error', resolve))
  expect(String(error)).toContain('501')
})
