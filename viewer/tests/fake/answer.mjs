/** Answers of the fake server. */
import { randomBytes } from 'node:crypto';

export const problem = (status, detail, reason = 'NotPermitted') => ({
  status, type: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Refused', status, detail, reason, request: randomBytes(6).toString('base64url') }),
});
export const json = (value, status = 200, headers = {}) => ({ status, type: 'application/json', body: JSON.stringify(value), headers });
export const done = { status: 204, type: '', body: '' };
