import { useApp } from '../stores/app.ts';
import { useUi } from '../stores/hooks.ts';
import { CaptureOptionsDialog } from './CaptureOptionsDialog.tsx';
import { ColourRulesDialog } from './ColourRulesDialog.tsx';
import { CommentDialog } from './CommentDialog.tsx';
import { DecodeAsDialog } from './DecodeAsDialog.tsx';
import { FieldDialog } from './FieldDialog.tsx';
import { FilterButtonsDialog } from './FilterButtonsDialog.tsx';
import { GoToDialog } from './GoToDialog.tsx';
import { MacrosDialog } from './MacrosDialog.tsx';
import { OpenPipeDialog } from './OpenPipeDialog.tsx';
import { Palette } from './Palette.tsx';
import { ProfilesDialog } from './ProfilesDialog.tsx';
import { QuestionDialog } from './QuestionDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { SpecsDialog } from './SpecsDialog.tsx';
import './dialogs.css';

/** The one dialog that is open, if any. */
export function Dialogs() {
  const app = useApp();
  const dialog = useUi((ui) => ui.dialog);
  const close = () => app.ui.setState({ dialog: null });
  switch (dialog?.kind) {
    case 'palette':
      return <Palette onClose={close} />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
    case 'goTo':
      return <GoToDialog onClose={close} />;
    case 'captureOptions':
      return <CaptureOptionsDialog onClose={close} />;
    case 'decodeAs':
      return <DecodeAsDialog about={dialog.about} onClose={close} />;
    case 'specs':
      return <SpecsDialog onClose={close} />;
    case 'colourRules':
      return <ColourRulesDialog onClose={close} />;
    case 'filterButtons':
      return <FilterButtonsDialog onClose={close} />;
    case 'macros':
      return <MacrosDialog onClose={close} />;
    case 'profiles':
      return <ProfilesDialog renaming={dialog.renaming} onClose={close} />;
    case 'openPipe':
      return <OpenPipeDialog onClose={close} />;
    case 'comment':
      return <CommentDialog key={dialog.number} {...dialog} onClose={close} />;
    case 'field':
      return <FieldDialog node={dialog.node} onClose={close} />;
    case 'question':
      return <QuestionDialog question={dialog.question} onClose={close} />;
    default:
      return null;
  }
}
