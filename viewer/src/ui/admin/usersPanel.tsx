/** Who may sign in. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { User } from '../../api/answers';
import { isWord, t } from '../../i18n';
import { createUser, loadUsers, setDisabled, setPassword } from '../../state/administration';
import { known } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Field, Select } from '../parts/field';
import { instant } from '../parts/words';

const roles = ['radiologist', 'technologist', 'privacy', 'researcher', 'recipient', 'admin'] as const;

const roleName = (role: string): string => {
  const word = `admin.role.${role}`;
  return isWord(word) ? t(word) : role;
};

function NewPassword({ store, user, close }: { store: StaffStore; user: User; close: () => void }): JSX.Element {
  const [password, change] = useState('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await setPassword(store, user.id, password)) close();
  };
  return (
    <Dialog heading={t('admin.resetHeading', { name: user.name })} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <Field label={t('admin.password')} hint={t('setup.passwordHint')} type="password" autocomplete="new-password" minLength={10} required autofocus value={password} change={change} />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
          <button type="submit" class="button button-main">{t('admin.save')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function NewUser({ store }: { store: StaffStore }): JSX.Element {
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>('radiologist');
  const [password, setPass] = useState('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await createUser(store, { name: name.trim(), role, password })) {
      setName('');
      setPass('');
    }
  };
  return (
    <form class="inline-form" onSubmit={(event) => void submit(event)}>
      <Field label={t('admin.name')} value={name} change={setName} required autocomplete="off" />
      <Select label={t('admin.role')} value={role} change={setRole}>{roles.map((one) => <option key={one} value={one}>{roleName(one)}</option>)}</Select>
      <Field label={t('admin.password')} value={password} change={setPass} type="password" minLength={10} required autocomplete="new-password" title={t('setup.passwordHint')} />
      <button type="submit" class="button button-main">{t('admin.addUser')}</button>
    </form>
  );
}

export function UsersPanel({ store }: { store: StaffStore }): JSX.Element {
  const { users } = store.get();
  const [resetting, setResetting] = useState<User | null>(null);
  useEffect(() => void loadUsers(store), [store]);
  const list = known(users);
  return (
    <section class="panel">
      <h2>{t('admin.users')}</h2>
      {users.state === 'failed' && <FailureNote failure={users.failure} />}
      {list !== null && (
        <table class="studies">
          <thead><tr><th scope="col">{t('admin.name')}</th><th scope="col">{t('admin.role')}</th><th scope="col">{t('admin.lastSignIn')}</th><th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th></tr></thead>
          <tbody>
            {list.map((user) => (
              <tr key={user.id} class={user.disabled ? 'row row-still row-ended' : 'row row-still'}>
                <td><span class="row-name">{user.name}</span></td>
                <td>{roleName(user.role)} {user.disabled && <span class="state state-revoked">{t('admin.disabled')}</span>}</td>
                <td>{user.lastSignInAt === null ? t('admin.neverSignedIn') : instant(user.lastSignInAt)}</td>
                <td class="cell-buttons">
                  <button type="button" class="button" onClick={() => setResetting(user)}>{t('admin.resetPassword')}</button>
                  <button type="button" class="button" onClick={() => void setDisabled(store, user.id, !user.disabled)}>{user.disabled ? t('admin.enable') : t('admin.disable')}</button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <NewUser store={store} />
      {resetting !== null && <NewPassword store={store} user={resetting} close={() => setResetting(null)} />}
    </section>
  );
}
