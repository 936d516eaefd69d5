import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ownTarballs } from './own-tarballs.js'

/** A project into which npm has installed the relay from somewhere. */
function installedFrom(resolved: string): { readonly project: string; readonly relay: string } {
  const project = mkdtempSync(path.join(tmpdir(), 'wildcast-'))
  onTestFinished(() => rmSync(project, { recursive: true }))
  const relay = path.join(project, 'node_modules/@wildcast/relay')
  mkdirSync(relay, { recursive: true })
  const packages = { 'node_modules/@wildcast/relay': { version: '0.1.0', resolved } }
  writeFileSync(path.join(project, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
  return { project, relay }
}

it('is the folder of the tarball that npm has installed', () => {
  const { project, relay } = installedFrom('file:../packed/wildcast-relay-0.1.0.tgz')
  expect(ownTarballs(relay)).toBe(path.resolve(project, '../packed'))
})

it('is undefined if the relay comes from a registry', () => {
  const { relay } = installedFrom('https://registry.npmjs.org/@wildcast/relay/-/relay-0.1.0.tgz')
  expect(ownTarballs(relay)).toBeUndefined()
})

it('is undefined in a clone', () => {
  expect(ownTarballs(path.resolve(import.meta.dirname, '../../..'))).toBeUndefined()
})
