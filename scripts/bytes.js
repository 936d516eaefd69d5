// What the SDK costs in a browser, against its budget. The README names the same figures.
// A process of its own: Vite's build sets NODE_ENV for the whole process.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, defaultClientConditions } from 'vite'
import { root } from './needs.js'

/** Bytes of the minified, gzipped bundle that an application gets when it uses these names. */
const budgets = [
  { name: '@wildcast/client', use: "export { createClient } from '@wildcast/client'", external: [], bytes: 8 * 1024 },
  {
    name: '@wildcast/react',
    use: "export * from '@wildcast/react'",
    external: ['react', '@wildcast/client'],
    bytes: 2.5 * 1024,
  },
]

export async function checkBytes() {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
  let passed = 0
  for (const { name, use, external, bytes } of budgets) {
    const size = await bundleSize(use, external)
    const told = readme.includes(`${bytes / 1024} kB`)
    console.log(`${name}: ${size} of ${bytes} bytes${told ? '' : '; the README does not say so'}`)
    if (size <= bytes && told) passed++
  }
  return passed === budgets.length
}

async function bundleSize(source, external) {
  const entry = 'wildcast-bytes-entry'
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root,
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { conditions: ['@wildcast/source', ...defaultClientConditions] },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id.endsWith(entry) ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? source : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      // Library mode leaves out the loader that Vite puts before every application's dynamic imports, and needs to be told to minify white space, too.
      lib: { entry, formats: ['es'] },
      rolldownOptions: {
        preserveEntrySignatures: 'allow-extension',
        external: [...external, 'react/jsx-runtime'],
        output: { minify: true },
      },
    },
  })
  const [{ output }] = [result].flat()
  return eager(output).reduce(
    (sum, { code }) => sum + gzipSync(code.replaceAll(noteToBundlers, ''), { level: 9 }).length,
    0,
  )
}

/** Library mode keeps these; an application's build does not. */
const noteToBundlers = '/* @__PURE__ */ '

/** The chunks that the page begins with: what is loaded on demand, and what only that needs, is not part of the price. */
function eager(output) {
  const found = new Set(output.filter(({ isEntry }) => isEntry))
  for (const { imports } of found) for (const chunk of output) if (imports.includes(chunk.fileName)) found.add(chunk)
  return [...found]
}

if (import.meta.filename === process.argv[1]) process.exitCode = (await checkBytes()) ? 0 : 1
