import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Child, startChild } from '../servers/child.js'
import { programFile } from '../servers/program-file.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { type MqttRelay, mqttRelay } from './mqtt-relay.js'
import { connected } from './raw-mqtt.js'

const here = import.meta.dirname

/** The command of each client. */
const makes = {
  // The Python of Debian has its packages, and another one in the PATH may not.
  'paho-mqtt for Python': () => ['/usr/bin/python3', path.join(here, 'paho-client.py')],
  'libmosquitto in C': () => {
    const program = path.join(temporaryFolder(), 'client')
    execFileSync(programFile('gcc'), [path.join(here, 'libmosquitto-client.c'), '-o', program, '-lmosquitto'])
    return [program]
  },
}

describe.each(Object.keys(makes) as (keyof typeof makes)[])('%s', (make) => {
  it.each([3, 4, 5])('publishes, has values, a will and its session with level %d', async (level) => {
    const command = makes[make]()
    const relay: MqttRelay = await mqttRelay()
    const start = (id: string, qos: number, filter: string, publish = '-'): Child =>
      startChild('env', [...command, ...[relay.port, id, level, qos, filter, publish].map(String)])
    const one = start('one', 2, 'a/+')
    await one.says(/connected 0\nsubscribed\n/)
    const two = start('two', 2, 'b', 'a/1=kept')
    await two.says(/published\n/)
    await one.says(/message a\/1 kept 2 0\n/)
    await one.end('SIGKILL')

    const three = start('three', 1, 'will/+', 'a/2=while away')
    await three.says(/message will\/one gone [01] 1\n/)
    const again = start('one', 2, 'a/+')
    // MQTT 3.1 does not report it.
    await again.says(level === 3 ? /connected 0\n/ : /connected 1\n/)
    await again.says(/message a\/2 while away 1 0\n/)

    const device = await connected(relay.port)
    device.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/1', qos: 0 }] })
    await device.next()
    expect(String((await device.next()).payload)).toBe('kept')
    await Promise.all([again, two, three].map((child) => child.end('SIGKILL')))
    expect(relay.errors).toEqual([])
  })
})
