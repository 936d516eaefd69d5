import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from './temporary-folder.js'

/**
 * Returns lines of mosquitto.conf that forbid publishes and subscriptions to a topic. An ACL file
 * does not refuse subscriptions.
 */
export function forbidding(topic: string): string {
  const acls = ['publishClientSend', 'subscribePattern'].map((acltype) => ({ acltype, topic, allow: false }))
  const security = {
    defaultACLAccess: { publishClientSend: true, publishClientReceive: true, subscribe: true, unsubscribe: true },
    clients: [],
    roles: [{ rolename: 'most', acls }],
    groups: [{ groupname: 'everybody', roles: [{ rolename: 'most' }] }],
    anonymousGroup: 'everybody',
  }
  const file = path.join(temporaryFolder(), 'security.json')
  writeFileSync(file, JSON.stringify(security))
  return `plugin ${securityPlugin()}\nplugin_opt_config_file ${file}`
}

function securityPlugin(): string {
  const folders = readdirSync('/usr/lib').map((name) => path.join('/usr/lib', name))
  const files = ['/usr/lib', ...folders].map((folder) => path.join(folder, 'mosquitto_dynamic_security.so'))
  return files.find((file) => existsSync(file)) ?? path.basename(files[0] ?? '')
}
