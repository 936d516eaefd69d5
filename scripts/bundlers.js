// Bundles a small application with the tools of users: from the packages as published, with code
// splitting, without React.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import webpack from 'webpack'
import { root } from './needs.js'

const react = ['react', 'react/jsx-runtime']

/**
 * Each returns what a page loads at once: the code of the entry and of its static imports, and the
 * modules in it.
 */
export const bundlers = { Vite: byVite, webpack: byWebpack, esbuild: byEsbuild }

/** Runs a bundler on a source text that imports packages of this repository. */
export async function bundle(name, source) {
  const folder = path.join(root, 'node_modules/.wildcast-bytes')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  try {
    const entry = path.join(folder, 'app.js')
    writeFileSync(entry, source)
    return await bundlers[name]({ entry, out: path.join(folder, 'out') })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function byVite({ entry }) {
  const { output } = await vite({
    configFile: false,
    logLevel: 'error',
    root: path.dirname(entry),
    build: { write: false, target: 'es2022', rolldownOptions: { input: entry, external: react } },
  })
  const first = output.find(({ isEntry }) => isEntry)
  const eager = reachable(first.fileName, (name) => output.find(({ fileName }) => fileName === name)?.imports ?? [])
  const chunks = output.filter(({ fileName }) => eager.has(fileName))
  return {
    code: chunks.map(({ code }) => code),
    modules: chunks.flatMap(({ moduleIds }) => moduleIds),
  }
}

async function byEsbuild({ entry, out }) {
  const { metafile, outputFiles } = await esbuild({
    entryPoints: [entry],
    outdir: out,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: react,
    metafile: true,
    write: false,
    absWorkingDir: root,
  })
  const { outputs } = metafile
  const first = Object.keys(outputs).find((name) => outputs[name].entryPoint?.endsWith('app.js'))
  const eager = reachable(first, (name) =>
    (outputs[name]?.imports ?? []).filter(({ kind }) => kind === 'import-statement').map((one) => one.path),
  )
  const chunks = [...eager].filter((name) => outputs[name])
  return {
    code: chunks.map((name) => outputFiles.find((file) => file.path === path.join(root, name)).text),
    modules: chunks.flatMap((name) => Object.keys(outputs[name].inputs)),
  }
}

async function byWebpack({ entry, out }) {
  const stats = await new Promise((resolve, reject) => {
    const settings = {
      mode: 'production',
      context: root,
      entry,
      target: ['web', 'es2022'],
      output: { path: out, module: true },
      experiments: { outputModule: true },
      externalsType: 'module',
      externals: react,
    }
    webpack(settings, (error, done) => (error ? reject(error) : resolve(done)))
  })
  if (stats.hasErrors()) throw new Error(stats.toString('errors-only'))
  const { compilation } = stats
  const { chunks } = compilation.entrypoints.get('main')
  const files = chunks.flatMap((chunk) => [...chunk.files])
  const modules = chunks.flatMap((chunk) => [...compilation.chunkGraph.getChunkModules(chunk)])
  return {
    code: files.map((file) => readFileSync(path.join(out, file), 'utf8')),
    modules: modules.flatMap((module) => module.modules ?? [module]).map(({ resource }) => resource ?? ''),
  }
}

/** Returns a name and all names that are reachable from it. */
function reachable(first, next) {
  const found = new Set([first])
  for (const name of found) for (const other of next(name)) found.add(other)
  return found
}
