import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const runFile = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../..')
const nextCommand = path.join(root, 'node_modules/next/dist/bin/next')

/** What Next.js gets beside the variables of the app: it asks no server of its own. */
const offline = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined, FORCE_COLOR: undefined }

/** A copy of the app of docs/nextjs.md, with the packages as npm would install them. */
export interface NextApp {
  readonly folder: string
  /** Runs `next build`. Resolves when the process has ended. */
  build(): Promise<void>
  /** The scripts that the build has made for browsers. */
  scripts(): Promise<string[]>
  /** Replaces a text of a file. */
  edit(file: string, from: string, to: string): Promise<void>
  /** Runs `next start` or `next dev`. Resolves when the server answers. */
  serve(command: 'start' | 'dev', port: number): Promise<NextServer>
  remove(): Promise<void>
}

/** A server of Next.js. */
export interface NextServer {
  readonly url: string
  stop(): Promise<void>
}

/** Copies the app, and installs the packages of this repository in it. */
export async function installApp(variables: Readonly<Record<string, string>>): Promise<NextApp> {
  // In the repository, so that Next.js and React are found as in the folder of an app.
  const results = path.join(root, 'test-results')
  await mkdir(results, { recursive: true })
  const folder = await mkdtemp(path.join(results, 'next-'))
  for (const name of ['app', 'next.config.ts', 'tsconfig.json'])
    await cp(path.join(import.meta.dirname, name), path.join(folder, name), { recursive: true })
  await installPackages(folder)
  const env = { ...process.env, ...offline, ...variables }
  return {
    folder,
    async build() {
      await runFile(process.execPath, [nextCommand, 'build'], { cwd: folder, env })
    },
    async scripts() {
      const chunks = path.join(folder, '.next/static/chunks')
      const files = (await readdir(chunks)).filter((file) => file.endsWith('.js'))
      return Promise.all(files.map((file) => readFile(path.join(chunks, file), 'utf8')))
    },
    async edit(file, from, to) {
      const text = await readFile(path.join(folder, file), 'utf8')
      await writeFile(path.join(folder, file), text.replace(from, to))
    },
    remove: () => rm(folder, { recursive: true, maxRetries: 3 }),
    serve: (command, port) => serve([command, '--port', String(port), '--hostname', 'localhost'], { folder, env }),
  }
}

/** Packs the packages, and unpacks them into `node_modules`. */
async function installPackages(folder: string): Promise<void> {
  const packed = path.join(folder, 'packed')
  await mkdir(packed)
  const names = ['protocol', 'client', 'react']
  const folders = names.map((name) => `./packages/${name}`)
  await runFile('npm', ['pack', ...folders, '--pack-destination', packed, '--loglevel=error'], { cwd: root })
  const files = await readdir(packed)
  for (const name of names) {
    const target = path.join(folder, 'node_modules/@wildcast', name)
    await mkdir(target, { recursive: true })
    const file = files.find((file) => file.startsWith(`wildcast-${name}-`)) ?? ''
    await runFile('tar', ['-xzf', path.join(packed, file), '--strip-components=1', '-C', target])
  }
  await rm(packed, { recursive: true })
}

async function serve(
  words: readonly string[],
  options: { folder: string; env: NodeJS.ProcessEnv },
): Promise<NextServer> {
  const child = spawn(process.execPath, [nextCommand, ...words], {
    cwd: options.folder,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let lines = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      lines += String(chunk)
      const local = /Local: +(http:\S+)/.exec(lines)?.[1]
      if (local && lines.includes('Ready')) resolve(local)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => reject(new Error(`Next.js did not start:\n${lines}`)))
  })
  return { url, stop: () => end(child) }
}

/** Ends a process that may have ended already. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
