import { connect } from './host/connect.ts';
import { mount } from './mount.tsx';

const { host, shell } = connect();
mount(host, shell);
