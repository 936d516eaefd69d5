// Checks the structure of the sources (see CONTRIBUTING.md): counts, and lists everything that
// exceeds a limit.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseAst } from 'vite'
import { repeatedNames, undocumented } from './exports.js'
import { root } from './needs.js'
import { packages } from './packages.js'

const libraries = packages.filter((folder) => folder !== 'packages/create-wildcast') // which has no sources
const sources = libraries.map((folder) => `${folder}/src`)

const bounds = {
  /** Lines of a file, tests included. */
  file: 300,
  /** Lines of nine files out of ten. */
  mostFiles: 140,
  /** Lines of a function. */
  function: 60,
  /** Functions with more lines are long; at most this share may be. */
  long: 40,
  longShare: 0.015,
}

const isTest = (file) => /\.(?:test|test-d|contract)\.tsx?$|\/src\/testing\//.test(file)
const short = (file) => path.relative(root, file)

/** Returns a sentence for everything that exceeds a limit. */
export function faultsOfStructure() {
  const all = sources.flatMap((folder) => filesIn(path.join(root, folder)))
  const files = all.filter((file) => !isTest(file)).map(read)
  const functions = files.flatMap(({ functions }) => functions)
  const long = functions.filter(({ lines }) => lines > bounds.long)
  const graph = new Map(files.map(({ file, imports }) => [file, imports.filter((one) => !isTest(one))]))
  const usual = files.map(({ lines }) => lines).sort((a, b) => a - b)[Math.floor(files.length * 0.9)]
  return [
    ...all
      .map((file) => ({ file, lines: linesOf(readFileSync(file, 'utf8')) }))
      .filter(({ lines }) => lines > bounds.file)
      .map(({ file, lines }) => `${short(file)} has ${lines} lines: ${bounds.file} at most`),
    ...(usual > bounds.mostFiles ? [`one file in ten has more than ${usual} lines: ${bounds.mostFiles} at most`] : []),
    ...functions
      .filter(({ lines }) => lines > bounds.function)
      .map(({ at, lines }) => `${at}: a function of ${lines} lines: ${bounds.function} at most`),
    ...(long.length > functions.length * bounds.longShare
      ? [
          `${long.length} of ${functions.length} functions have more than ${bounds.long} lines:`,
          ...long.map(({ at, lines }) => `  ${at}: ${lines}`),
        ]
      : []),
    ...files.flatMap(({ anys }) => anys.map((at) => `${at}: "any"`)),
    ...repeatedNames(files.map(({ file }) => file)),
    ...undocumented(libraries),
    ...circlesIn(graph).map((circle) => `circular imports of files: ${circle.map(short).join(', ')}`),
    ...circlesIn(foldersOf(graph)).map((circle) => `circular imports of folders: ${circle.map(short).join(', ')}`),
  ]
}

function filesIn(folder) {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name)
    if (statSync(file).isDirectory()) return filesIn(file)
    return /\.tsx?$/.test(name) ? [file] : []
  })
}

const linesOf = (text) => text.split('\n').length - 1

function read(file) {
  const text = readFileSync(file, 'utf8')
  const found = { file, lines: linesOf(text), functions: [], imports: [], anys: [] }
  const lineAt = lineFinder(text)
  visit(parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }), (node) => {
    const at = `${short(file)}:${lineAt(node.start)}`
    if (/Function/.test(node.type) && node.body?.type === 'BlockStatement')
      found.functions.push({ at, lines: lineAt(node.end) - lineAt(node.start) + 1 })
    else if (node.type === 'TSAnyKeyword') found.anys.push(at)
    else if (/^(?:Import|Export)/.test(node.type) && node.source?.value?.startsWith('.'))
      found.imports.push(fileOf(path.resolve(path.dirname(file), node.source.value)))
  })
  return { ...found, imports: found.imports.filter(Boolean) }
}

function visit(node, see) {
  if (Array.isArray(node)) for (const one of node) visit(one, see)
  else if (node && typeof node === 'object') {
    if (node.type) see(node)
    for (const value of Object.values(node)) visit(value, see)
  }
}

/** Returns a function that converts an offset to a line. */
function lineFinder(text) {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index)
  return (offset) => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle] < offset) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}

const fileOf = (imported) =>
  [imported.replace(/\.js$/, '.ts'), imported.replace(/\.js$/, '.tsx')].find((file) => existsSync(file))

/**
 * Returns the imports between folders. Imports between a folder and one around it do not count:
 * they are one unit.
 */
function foldersOf(graph) {
  const folders = new Map()
  for (const [file, imports] of graph)
    for (const one of imports) {
      const [from, to] = [path.dirname(file), path.dirname(one)]
      if (from === to || isAround(from, to) || isAround(to, from)) continue
      folders.set(from, [...(folders.get(from) ?? []), to])
    }
  return folders
}

const isAround = (outer, inner) => inner.startsWith(`${outer}${path.sep}`)

/** Returns the strongly connected parts of more than one node (Tarjan, 1972). */
function circlesIn(graph) {
  const [index, low, stack, circles] = [new Map(), new Map(), [], []]
  const enter = (node) => {
    index.set(node, index.size)
    low.set(node, index.get(node))
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) enter(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)))
    }
    if (low.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) circles.push(circle.sort())
  }
  for (const node of graph.keys()) if (!index.has(node)) enter(node)
  return circles
}

if (process.argv[1] === import.meta.filename) {
  const faults = faultsOfStructure()
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length > 0 ? 1 : 0
}
