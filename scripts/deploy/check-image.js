// Runs the steps of deploy/Dockerfile, and then the relay as the image would start it.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { findProgram, root } from '../needs.js'
import { openDebian } from './debian.js'
import { build, stagesOf } from './dockerfile.js'

const env = {
  WILDCAST_HOST: '0.0.0.0',
  WILDCAST_ADMIN: '0.0.0.0:3016',
  WILDCAST_ORIGIN: 'https://app.example.com',
  WILDCAST_SECRET: 's'.repeat(32),
  REDIS_URL: 'redis://127.0.0.1:6379',
}

export async function checkImage(base, folder) {
  const stages = stagesOf(readFileSync(path.join(root, 'deploy/Dockerfile'), 'utf8'))
  const built = new Map()
  for (const stage of stages) {
    const name = stage.name ?? 'image'
    console.log(`running the stage ${name} of deploy/Dockerfile`)
    const debian = await openDebian(base, path.join(folder, name))
    try {
      // The image of Node has this user.
      await debian.run('adduser --quiet --disabled-password --gecos "" --uid 1000 node')
      const image = await build(stage, debian, built)
      built.set(name, debian.folder)
      if (image.command.length > 0) await startImage(debian, image)
    } finally {
      await debian.close()
    }
  }
}

async function startImage(debian, { command, health, ...place }) {
  debian.lend(findProgram('redis-server'), '--save', '', '--port', '6379')
  const relay = debian.start(command, { ...place, env })
  let log = ''
  for (const stream of [relay.stdout, relay.stderr]) stream.on('data', (data) => (log += data))
  const ended = once(relay, 'exit')
  const quoted = health.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const probe = `for i in $(seq 60); do ${quoted} 2> /dev/null && exit 0; sleep 0.5; done; exit 1`
  try {
    await debian.run(probe, place)
    await debian.run(probe.replaceAll('/healthz', '/readyz'), place)
  } catch {
    throw new Error(`HEALTHCHECK of deploy/Dockerfile fails; the log of the relay:\n${log}`)
  }
  console.log(`  as ${place.user} it is healthy and ready`)
  // The brackets keep this shell from finding itself.
  await debian.run("kill $(grep -l 'bin/[w]ildcast.js' /proc/[0-9]*/cmdline | cut -d / -f 3)", { user: place.user })
  await ended
}
