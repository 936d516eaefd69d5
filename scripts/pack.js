// npm run pack [folder]: builds the packages, and packs them for npm into a folder, by default
// packed/.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { environment, installPackages, npm, root } from './needs.js'
import { packages } from './packages.js'
import { run, script, tool } from './run.js'

await script(() => {
  installPackages({ tests: false })
  console.log('building and packing')
  run(tool('typescript/bin/tsc', '-b'))

  const folder = path.resolve(process.env.INIT_CWD ?? '', process.argv[2] ?? path.join(root, 'packed'))
  mkdirSync(folder, { recursive: true })
  const folders = packages.map((name) => `./${name}`)
  run(npm('pack', ...folders, '--pack-destination', folder, '--loglevel=error'), { env: environment() })
  console.log(`packed into ${folder}`)
})
