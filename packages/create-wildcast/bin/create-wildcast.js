#!/usr/bin/env node
// npm create wildcast [folder]: the same as "wildcast init [folder]".
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const relay = path.dirname(createRequire(import.meta.url).resolve('@wildcast/relay/package.json'))
process.argv.splice(2, 0, 'init')
await import(pathToFileURL(path.join(relay, 'bin/wildcast.js')).href)
