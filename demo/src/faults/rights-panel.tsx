import { type Account, useAccount } from '../account/account.js'
import { useConnection } from '../bridge.js'
import { Panel } from '../ui/panel.js'
import { useRender } from '../ui/use-render.js'
import { Action } from './connection-panel.js'
import { expireToken, expiryOf, revokeRight } from './rights.js'

/** The token of this page, and the ways to lose it. */
export function RightsPanel({ className }: { readonly className?: string | undefined }) {
  const account = useAccount((state) => state.account)
  return (
    <Panel title="My right" note="the token of this page" className={className}>
      {account ? <Token {...account} /> : <NoToken />}
    </Panel>
  )
}

function NoToken() {
  return (
    <>
      <Line title="A guest">A guest has no token, so there is nothing to expire or to revoke.</Line>
      <div className="mt-auto">
        <Action onClick={() => useAccount.setState({ dialog: 'trader' })}>Log in to get one</Action>
      </div>
    </>
  )
}

function Token({ name, team }: Account) {
  useRender(500)
  const { state } = useConnection()
  const { token, problem, count } = useAccount()
  const seconds = token === undefined ? 0 : Math.max(0, Math.ceil((expiryOf(token) - Date.now()) / 1000))
  const isOnline = state === 'online'
  return (
    <>
      <Line title={problem === undefined ? `${name}, ${team}` : 'Revoked'}>
        {problem ?? `Token ${count} is valid for ${seconds} s. The page renews it before it expires.`}
      </Line>
      <div className="mt-auto flex flex-wrap gap-2">
        <Action isDisabled={!isOnline} onClick={expireToken}>
          Expire my token
        </Action>
        <Action isDisabled={!isOnline} onClick={() => void revokeRight()}>
          Revoke my right
        </Action>
      </div>
    </>
  )
}

function Line({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="truncate font-semibold text-lg">
        <bdi>{title}</bdi>
      </p>
      <p className="min-h-5 text-quiet text-sm tabular-nums" data-varies>
        {children}
      </p>
    </div>
  )
}
