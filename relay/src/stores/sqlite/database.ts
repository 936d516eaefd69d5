import type Libsql from 'libsql'

/** An open database. */
export type Database = Libsql.Database

/** A prepared statement. */
export type Statement = Libsql.Statement<unknown[]>
