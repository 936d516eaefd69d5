// Exports of the sources: a name stands for one thing, and all that users import is documented.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseAst } from 'vite'
import { root } from './needs.js'

const short = (file) => path.relative(root, file)

/** The declarations that a file exports, by name, and its exports from other files. */
function exportsOf(file) {
  const text = readFileSync(file, 'utf8')
  const own = new Map()
  const from = []
  for (const node of parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }).body) {
    const isDocumented = text.slice(0, node.start).trimEnd().endsWith('*/')
    if (node.type === 'ExportAllDeclaration') from.push({ file: fileOf(file, node.source.value) })
    if (node.type !== 'ExportNamedDeclaration') continue
    for (const name of namesOf(node.declaration)) own.set(name, isDocumented || own.get(name) === true)
    if (node.source)
      for (const { local, exported } of node.specifiers)
        from.push({ file: fileOf(file, node.source.value), name: local.name, as: exported.name })
  }
  return { own, from }
}

function namesOf(declaration) {
  if (!declaration) return []
  return declaration.id ? [declaration.id.name] : declaration.declarations.map(({ id }) => id.name)
}

function fileOf(from, imported) {
  const base = path.resolve(path.dirname(from), imported).replace(/\.js$/, '')
  return ['.ts', '.tsx'].map((ending) => base + ending).find((file) => existsSync(file))
}

/** The entries of a package, as its `exports` name their sources. */
function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'))
  return Object.values(exports)
    .map((entry) => entry['@wildcast/source'])
    .filter((source) => source !== undefined)
    .map((source) => path.join(root, folder, source))
}

/** The public exports of these packages that have no documentation. */
export function undocumented(folders) {
  const missing = new Set()
  const visit = (file, name) => {
    if (file === undefined) return
    const { own, from } = exportsOf(file)
    for (const [one, isDocumented] of own)
      if (!isDocumented && (name === undefined || name === one)) missing.add(`${short(file)}: "${one}"`)
    for (const one of from) if (name === undefined || name === one.as || !one.name) visit(one.file, one.name ?? name)
  }
  for (const entry of folders.flatMap(entriesOf)) visit(entry)
  return [...missing].map((one) => `${one} is public and has no documentation`)
}

/** The names that several of these files declare and export. */
export function repeatedNames(files) {
  const byName = new Map()
  for (const file of files)
    for (const name of exportsOf(file).own.keys()) byName.set(name, [...(byName.get(name) ?? []), file])
  return [...byName]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => `"${name}" is exported by ${all.map(short).join(' and ')}: give each a name of its own`)
}
