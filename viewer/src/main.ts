/** The staff page, wired. */
import { h, render } from 'preact';
import { preferredLanguage } from './i18n/language';
import { learnStaff } from './i18n/staff';
import { speak } from './i18n';
import { routeOf } from './model/route';
import { followHistory, resume } from './state/session';
import { createStaffStore } from './state/staff';
import './ui/styles/base.css';
import './ui/styles/parts.css';
import './ui/styles/staff.css';
import './ui/styles/sharing.css';
import './ui/styles/read.css';
import './ui/styles/review.css';
import './ui/styles/paper.css';
import { StaffApp } from './ui/staff/staffApp';

const root = document.querySelector('#app');
if (root !== null) {
  const wanted = preferredLanguage();
  await learnStaff(wanted);
  speak(wanted);
  const store = createStaffStore(routeOf(location.pathname));
  followHistory(store);
  render(h(StaffApp, { store }), root);
  void resume(store);
}
