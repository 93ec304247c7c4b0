//! `/transfer`: accounts go to whom their owner gives them, slowly, and can be kept until they have gone.
