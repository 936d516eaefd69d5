// npm run deploy:check: runs the Dockerfile and the README of deploy/ in a Debian that has only
// Node. It takes some minutes, and needs root.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { checkImage } from './deploy/check-image.js'
import { checkReadme } from './deploy/check-readme.js'
import { makeDebian } from './deploy/debian.js'
import { installPrograms } from './needs.js'
import { script } from './run.js'

await script(async () => {
  installPrograms(['debootstrap', 'ip', 'redis-server'])
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wildcast-deploy-'))
  try {
    console.log('making a Debian')
    const base = path.join(folder, 'base')
    makeDebian(base, 'bookworm')
    await checkReadme(base, path.join(folder, 'readme'))
    await checkImage(base, folder)
    console.log('deploy/ works')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
