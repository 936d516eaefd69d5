import { useConnection } from '../bridge.js'
import { Name } from '../shell/name.js'
import { Avatar } from '../ui/avatar.js'
import { onDemand } from '../ui/on-demand.js'
import { type Account, onOtherTab, useAccount } from './account.js'

const LoginDialog = onDemand(async () => (await import('./login-dialog.js')).LoginDialog)
const AccountNotice = onDemand(async () => (await import('./account-notice.js')).AccountNotice)

// Offline without its code nothing happens: this page can't be loaded again then.
const withLogin = (act: (code: typeof import('./log-in.js')) => void): void =>
  void import('./log-in.js').then(act, () => {})

onOtherTab((account) => withLogin(({ become }) => become(account)))

/** The person who uses the page, and a way to become someone else. */
export function AccountControl() {
  const account = useAccount((state) => state.account)
  const change = (): void => {
    if (account) withLogin(({ logOut }) => logOut())
    else useAccount.setState({ dialog: 'trader' })
  }
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">{account ? <Person {...account} /> : <Name />}</div>
      <button
        type="button"
        onClick={change}
        className="min-h-6 shrink-0 self-end rounded-md border border-line px-2 text-xs transition-colors
          hover:bg-raised touch:min-h-11 touch:px-3"
      >
        {account ? 'Log out' : 'Log in'}
      </button>
    </div>
  )
}

function Person({ name, team }: Account) {
  return (
    <p className="flex items-center gap-2">
      <Avatar name={name} />
      <span className="flex min-w-0 flex-col gap-0.5">
        <span className="text-quiet text-xs">{team === 'manager' ? 'Manager' : 'Trader'}</span>
        <bdi className="truncate py-0.5 font-medium text-sm touch:text-base">{name}</bdi>
      </span>
    </p>
  )
}

/** The dialog, while it is open. */
export function AccountDialog() {
  const team = useAccount((state) => state.dialog)
  return team && <LoginDialog team={team} />
}

/** Why a person who has logged in is offline, if the login or the relay has refused it. */
export function AccountTrouble() {
  const { state } = useConnection()
  const { account, problem } = useAccount()
  if (!account || state === 'online' || (problem === undefined && state !== 'closed')) return null
  return <AccountNotice account={account} problem={problem} />
}
