import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { findProgram, root } from '../../scripts/needs.js'

/**
 * @typedef {'fan-out' | 'confirmed' | 'subjects' | 'wildcards' | 'requests'} Ability
 *
 * @typedef {object} Server
 * @property {string} name
 * @property {string} dialect
 * @property {readonly Ability[]} can
 * @property {() => boolean} installed
 * @property {(place: Place) => readonly string[]} command
 *
 * @typedef {object} Place
 * @property {number} port
 * @property {string} folder For its files.
 */

const node =
  (file) =>
  ({ port }) => [process.execPath, path.join(import.meta.dirname, file), `${port}`]
const always = () => true

const wildcast = (codec) => ({
  name: `wildcast-${codec}`,
  dialect: `wildcast-${codec}`,
  can: /** @type {const} */ (['fan-out', 'confirmed', 'subjects', 'wildcards', 'requests']),
  installed: always,
  command: ({ port }) => [
    ...[process.execPath, path.join(root, 'relay/bin/wildcast.js')],
    ...['gateway', '--broker', 'InMemoryBroker', '--port', `${port}`],
  ],
})

/** @type {readonly Server[]} Ours first, then the controls, the simplest first. */
export const servers = [
  wildcast('json'),
  wildcast('msgpack'),
  { name: 'batched', dialect: 'raw', can: ['fan-out'], installed: always, command: node('batched.js') },
  { name: 'naive-ws', dialect: 'raw', can: ['fan-out'], installed: always, command: node('naive-ws.js') },
  {
    name: 'socket.io',
    dialect: 'socket.io',
    can: ['fan-out', 'confirmed', 'subjects', 'requests'],
    installed: always,
    command: node('socket-io.js'),
  },
  {
    name: 'nats',
    dialect: 'nats',
    can: ['fan-out', 'confirmed', 'subjects', 'wildcards', 'requests'],
    installed: () => findProgram('nats-server') !== undefined,
    command: (place) => [findProgram('nats-server') ?? '', '-c', configuration(place.folder, natsLines(place))],
  },
  {
    name: 'mosquitto',
    dialect: 'mqtt',
    can: ['fan-out', 'confirmed', 'subjects', 'wildcards', 'requests'],
    installed: () => findProgram('mosquitto') !== undefined,
    command: (place) => [findProgram('mosquitto') ?? '', '-c', configuration(place.folder, mosquittoLines(place))],
  },
]

const natsLines = ({ port }) => ['listen: "127.0.0.1:-1"', `websocket { listen: "127.0.0.1:${port}", no_tls: true }`]

const mosquittoLines = ({ port, folder }) => [
  // Root would become the user `mosquitto`.
  ...(process.getuid?.() === 0 ? ['user root'] : []),
  'set_tcp_nodelay true',
  'max_queued_messages 0',
  'allow_anonymous true',
  // With a WebSocket listener only, it exits: "unable to start any listening sockets".
  `listener 0 ${path.join(folder, 'mosquitto.sock')}`,
  `listener ${port} 127.0.0.1`,
  'protocol websockets',
]

function configuration(folder, lines) {
  const file = path.join(folder, 'server.conf')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}
