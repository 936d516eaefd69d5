import { useConnection } from '../bridge.js'
import { Button } from '../ui/button.js'
import { Icon } from '../ui/icon.js'
import { type Account, useAccount } from './account.js'
import { logIn, logOut } from './log-in.js'

interface AccountNoticeProps {
  readonly account: Account
  /** Why the login gives no token. */
  readonly problem: string | undefined
}

/** Why a person who has logged in is offline, and the ways on. */
export function AccountNotice({ account, problem }: AccountNoticeProps) {
  const connection = useConnection()
  const reason = connection.state === 'closed' ? connection.reason?.message : undefined
  // A refusal is shown by the same notice.
  const again = (): void => void logIn(account).catch(({ message }: Error) => useAccount.setState({ problem: message }))
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b bg-bad/10 px-4 py-2 text-sm md:px-6"
    >
      <Icon name="warning" className="size-4 text-bad" />
      <p className="min-w-0 flex-1 basis-64 break-words">
        {problem}
        {reason !== undefined && <span className="text-quiet"> The relay’s reason: {reason}.</span>}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button isMain onClick={again}>
          Log in again
        </Button>
        <Button onClick={logOut}>Continue as a guest</Button>
      </div>
    </div>
  )
}
