// Runs the steps of deploy/Dockerfile in a Debian, without an engine of containers.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { root } from '../needs.js'

/**
 * Returns the stages of a Dockerfile, each with its instructions.
 * @param {string} text
 */
export function stagesOf(text) {
  const stages = []
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (!word) {
      if (line.trim() !== '' && !line.startsWith('#')) throw new Error(`deploy/Dockerfile: can't read "${line}"`)
      continue
    }
    if (word === 'FROM') {
      const [image, , name] = rest.split(' ')
      stages.push({ image, name, instructions: [] })
    } else if (stages.length === 0) throw new Error(`deploy/Dockerfile: "${line}" is before FROM`)
    else if (known.has(word)) stages.at(-1).instructions.push({ word, rest })
    else throw new Error(`deploy/Dockerfile: npm run deploy:check can't run ${word}; add it in scripts/deploy/`)
  }
  return stages
}

const known = new Set(['WORKDIR', 'COPY', 'RUN', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD'])

/**
 * Runs the instructions of a stage. Returns what the image would start, and as whom.
 * @param {ReturnType<typeof import('./debian.js').openDebian>} debian
 * @param {Map<string, string>} earlier - the folders of the stages before it
 */
export async function build({ instructions }, debian, earlier) {
  const image = { cwd: '/', user: 'root', command: [], health: [] }
  for (const { word, rest } of instructions) {
    console.log(`  ${word} ${rest.length > 90 ? `${rest.slice(0, 90)}…` : rest}`)
    if (word === 'WORKDIR') {
      image.cwd = path.posix.resolve(image.cwd, rest)
      mkdirSync(path.join(debian.folder, image.cwd), { recursive: true })
    } else if (word === 'COPY') copy(rest, image.cwd, debian.folder, earlier)
    else if (word === 'RUN') await debian.run(rest, image)
    else if (word === 'USER') image.user = rest
    else if (word === 'CMD') image.command = JSON.parse(rest)
    else if (word === 'HEALTHCHECK') image.health = JSON.parse(rest.slice(rest.indexOf('CMD') + 3))
  }
  return image
}

function copy(rest, cwd, folder, earlier) {
  const [, stage, from, to] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(rest) ?? []
  if (!from) throw new Error(`deploy/Dockerfile: can't read "COPY ${rest}"`)
  const target = path.join(folder, path.posix.resolve(cwd, to))
  if (stage) cpSync(path.join(earlier.get(stage) ?? '', from), target, { recursive: true })
  else copyRepository(from, target)
}

/** Copies a file or folder of the repository, without what the image leaves out. */
export function copyRepository(from, target) {
  const ignored = ignoredBy(readFileSync(path.join(root, 'deploy/Dockerfile.dockerignore'), 'utf8'))
  const source = path.join(root, from)
  if (!statSync(source).isDirectory()) {
    mkdirSync(path.dirname(target), { recursive: true })
    cpSync(source, target)
    return
  }
  for (const name of readdirSync(source)) {
    const file = path.posix.join(from, name)
    if (ignored(file)) continue
    cpSync(path.join(root, file), path.join(target, name), {
      recursive: true,
      filter: (each) => !ignored(path.relative(root, each)),
    })
  }
}

/** @param {string} text - of a .dockerignore: each line is a pattern with `*` and `**` */
export function ignoredBy(text) {
  const patterns = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const escaped = (part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*')
  const source = patterns.map((line) => line.split('**/').map(escaped).join('(?:.*/)?')).join('|')
  const whole = new RegExp(`^(?:${source})(?:/|$)`)
  return (/** @type {string} */ file) => whole.test(file)
}
